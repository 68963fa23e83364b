//! The `simbet` program.

fn main() -> std::process::ExitCode {
    simbet::main()
}
