//! The `simbet` program.

fn main() -> std::process::ExitCode {
    simbet::cli::main(std::env::args_os())
}
