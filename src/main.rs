//! The `simbet` program.

fn main() {}
