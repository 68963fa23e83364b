//! How the program is linked.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let of_target =
        |name: &str| std::env::var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    let target = ["OS", "ENV", "ARCH"].map(of_target);
    // A program that can stand anywhere in memory has a hundred thousand addresses corrected at each start, on five hundred
    // pages, which takes longer than anything else that `simbet --version` does. Stack, heap and libraries still stand at
    // random places. Other systems correct addresses when their page is first used.
    if target == ["linux", "gnu", "x86_64"] {
        println!("cargo::rustc-link-arg-bin=simbet=-no-pie");
    }
}
