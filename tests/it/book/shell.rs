//! What the pages say that one is to type.

/// The mark of a block that no test runs, before the reason.
const NOT_RUN: &str = "<!-- not run: ";

/// Some lines for a shell.
pub struct Block {
    /// Where it stands.
    pub place: String,
    /// Its lines, comments included.
    pub text: String,
    /// Why it is not run, where it is not.
    pub not_run: Option<String>,
}

impl Block {
    pub fn new(path: &str, line: usize, before: &str) -> Self {
        let reason = before.strip_prefix(NOT_RUN);
        Self {
            place: format!("{path}:{line}"),
            text: String::new(),
            not_run: reason.map(|reason| reason.trim_end_matches("-->").trim().to_owned()),
        }
    }

    pub fn push(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// The commands of simbet among the lines, each as its words, the program's name first.
    pub fn commands(&self) -> Vec<Vec<String>> {
        let text = self.text.replace("\\\n", " ");
        let lines = text.lines().flat_map(|line| {
            let words = shlex::split(line);
            steps(words.unwrap_or_else(|| panic!("{}: {line} ends in the midst", self.place)))
        });
        lines.filter_map(of_simbet).collect()
    }
}

/// The commands of a line: what stands between pipes and the like, without what is redirected.
fn steps(words: Vec<String>) -> Vec<Vec<String>> {
    let (mut steps, mut is_file) = (vec![Vec::new()], false);
    for word in words {
        match word.as_str() {
            _ if is_file => is_file = false,
            "|" | "||" | "&" | "&&" | ";" => steps.push(Vec::new()),
            ">" | ">>" | "<" | "2>" => is_file = true,
            _ => steps.last_mut().unwrap().push(word),
        }
    }
    steps
}

/// The words of a command, if it is one of simbet, which may be run by cargo and have an environment of its own.
fn of_simbet(words: Vec<String>) -> Option<Vec<String>> {
    let is_variable = |word: &String| {
        word.split('=')
            .next()
            .unwrap()
            .chars()
            .all(|c| c.is_ascii_uppercase() || c == '_')
    };
    let command: Vec<String> = words.into_iter().skip_while(is_variable).collect();
    let words: Vec<&str> = command.iter().map(String::as_str).collect();
    let arguments = match words[..] {
        ["simbet", ..] => &command[1..],
        ["cargo", "run", "--release", "--", ..] => &command[4..],
        _ => return None,
    };
    let name = "simbet".to_owned();
    Some(
        [name]
            .into_iter()
            .chain(arguments.iter().cloned())
            .collect(),
    )
}

#[test]
fn commands_are_found_among_pipes_and_comments() {
    let mut block = Block::new("page.md", 1, "<!-- not run: needs a feed -->");
    block.push(
        "feed | simbet trade - --dead x > bets.ndjson && X_Y=1 simbet fit 'a b.csv'   # the table",
    );
    block.push("cargo run --release -- backtest \\");
    block.push("  e.csv");
    assert_eq!(block.not_run.as_deref(), Some("needs a feed"));
    let commands: Vec<String> = block
        .commands()
        .iter()
        .map(|words| words.join("~"))
        .collect();
    assert_eq!(
        commands,
        [
            "simbet~trade~-~--dead~x",
            "simbet~fit~a b.csv",
            "simbet~backtest~e.csv"
        ]
    );
}
