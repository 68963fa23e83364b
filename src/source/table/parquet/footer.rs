//! The footer of a file, walked before the decoder sees it.
//!
//! The decoder reserves memory by the lengths that a footer claims, and calls itself for each level of the schema. An abort for
//! lack of memory or stack cannot be caught as a panic can, so that lengths and depths are judged first.

/// The most bytes of a footer. A hundred columns in a hundred groups of rows take one of a megabyte.
const MOST_BYTES: usize = 1 << 24;

/// The most columns, groups of columns included, and how deep they may stand in one another.
const MOST_COLUMNS: usize = 1 << 14;
const MOST_LEVELS: usize = 16;

/// The most bytes of the name of a column.
const MOST_OF_NAME: usize = 1 << 10;

/// The most levels of what the decoder skips.
const MOST_SKIPPED_LEVELS: usize = 16;

/// What a field of Thrift holds.
#[derive(Clone, Copy)]
enum Shape {
    Bool,
    Byte,
    Int,
    Binary,
    Struct(&'static [(i16, Shape)]),
    List(&'static Shape),
    /// The elements of the schema.
    Schema,
    /// The number of children of an element of the schema.
    Children,
    /// The name of an element of the schema.
    Name,
}

use Shape::{Binary, Bool, Byte, Children, Int, List, Name, Schema, Struct};

const EMPTY: Shape = Struct(&[]);
const UNIT: Shape = Struct(&[(1, EMPTY), (2, EMPTY), (3, EMPTY)]);
const TIME: Shape = Struct(&[(1, Bool), (2, UNIT)]);

const LOGICAL_TYPE: [(i16, Shape); 14] = [
    (1, EMPTY),
    (2, EMPTY),
    (3, EMPTY),
    (4, EMPTY),
    (5, Struct(&[(1, Int), (2, Int)])),
    (6, EMPTY),
    (7, TIME),
    (8, TIME),
    (10, Struct(&[(1, Byte), (2, Bool)])),
    (11, EMPTY),
    (12, EMPTY),
    (13, EMPTY),
    (14, EMPTY),
    (15, EMPTY),
];

const ELEMENT: [(i16, Shape); 10] = [
    (1, Int),
    (2, Int),
    (3, Int),
    (4, Name),
    (5, Children),
    (6, Int),
    (7, Int),
    (8, Int),
    (9, Int),
    (10, Struct(&LOGICAL_TYPE)),
];

const STATISTICS: [(i16, Shape); 8] = [
    (1, Binary),
    (2, Binary),
    (3, Int),
    (4, Int),
    (5, Binary),
    (6, Binary),
    (7, Bool),
    (8, Bool),
];

const COLUMN: [(i16, Shape); 13] = [
    (1, Int),
    (2, List(&Int)),
    (3, List(&Binary)),
    (4, Int),
    (5, Int),
    (6, Int),
    (7, Int),
    (9, Int),
    (10, Int),
    (11, Int),
    (12, Struct(&STATISTICS)),
    (14, Int),
    (15, Int),
];

const CHUNK: [(i16, Shape); 7] = [
    (1, Binary),
    (2, Int),
    (3, Struct(&COLUMN)),
    (4, Int),
    (5, Int),
    (6, Int),
    (7, Int),
];

const GROUP: [(i16, Shape); 7] = [
    (1, List(&Struct(&CHUNK))),
    (2, Int),
    (3, Int),
    (4, List(&Struct(&[(1, Int), (2, Bool), (3, Bool)]))),
    (5, Int),
    (6, Int),
    (7, Int),
];

/// The fields of the footer that the decoder looks at; whatever else there is it skips.
const FILE: [(i16, Shape); 7] = [
    (1, Int),
    (2, Schema),
    (3, Int),
    (4, List(&Struct(&GROUP))),
    (5, List(&Struct(&[(1, Binary), (2, Binary)]))),
    (6, Binary),
    (7, List(&Struct(&[(1, EMPTY), (2, EMPTY)]))),
];

/// Checks that the footer of a file is whole and claims no more than it holds.
pub(super) fn check(file: &[u8]) -> Result<(), String> {
    let bytes = bytes_of(file).ok_or("it does not end as Parquet does")?;
    if bytes.len() > MOST_BYTES {
        return Err(format!(
            "its footer has {} bytes, more than {MOST_BYTES}",
            bytes.len()
        ));
    }
    let mut walk = Walk {
        bytes,
        tree: Vec::new(),
    };
    walk.fields(&FILE)
        .ok_or("its footer contradicts itself, or a name is too long")?;
    check_tree(&walk.tree)
}

/// The footer, which its length and a mark follow.
fn bytes_of(file: &[u8]) -> Option<&[u8]> {
    let (rest, mark) = file.split_last_chunk::<4>()?;
    let (rest, length) = rest.split_last_chunk::<4>()?;
    let start = rest
        .len()
        .checked_sub(u32::from_le_bytes(*length) as usize)?;
    (mark == b"PAR1").then_some(&rest[start..])
}

/// Checks the numbers of children of the elements of a schema, which stand in the order of the tree.
fn check_tree(tree: &[i32]) -> Result<(), String> {
    if tree.len() > MOST_COLUMNS {
        return Err(format!(
            "it has {} columns, more than {MOST_COLUMNS}",
            tree.len()
        ));
    }
    // how many children are still to come, from the root on
    let mut open: Vec<i32> = Vec::new();
    for &children in tree {
        while open.pop_if(|left| *left == 0).is_some() {}
        if let Some(left) = open.last_mut() {
            *left -= 1;
        }
        if children > 0 {
            open.push(children);
        }
        if open.len() > MOST_LEVELS {
            return Err(format!(
                "its columns stand in one another, deeper than {MOST_LEVELS} levels"
            ));
        }
    }
    Ok(())
}

/// Walks through Thrift's compact protocol. Each step is `None` where it leads beyond the end, or to something else than what
/// the decoder would take it for.
struct Walk<'a> {
    bytes: &'a [u8],
    /// The number of children of each element of the schema.
    tree: Vec<i32>,
}

/// The types of Thrift that occur.
mod wire {
    pub const TRUE: u8 = 1;
    pub const FALSE: u8 = 2;
    pub const BYTE: u8 = 3;
    pub const I16: u8 = 4;
    pub const I32: u8 = 5;
    pub const I64: u8 = 6;
    pub const DOUBLE: u8 = 7;
    pub const BINARY: u8 = 8;
    pub const LIST: u8 = 9;
    pub const STRUCT: u8 = 12;
}

impl Walk<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*first)
    }

    fn skip(&mut self, length: u64) -> Option<()> {
        self.bytes = self.bytes.get(usize::try_from(length).ok()?..)?;
        Some(())
    }

    /// A number of up to ten bytes, each with seven bits of it.
    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    /// A number with a sign, which stands in its last bit.
    fn signed(&mut self) -> Option<i64> {
        let number = self.number()?;
        Some((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    /// The next field of a struct: its id and its type; `Some(None)` at the end.
    fn field(&mut self, last: i16) -> Option<Option<(i16, u8)>> {
        let head = self.byte()?;
        let (delta, kind) = (i16::from(head >> 4), head & 0xf);
        if kind == 0 {
            return Some(None);
        }
        let id = match delta {
            0 => self.signed()? as i16,
            delta => last.checked_add(delta)?,
        };
        Some(Some((id, kind)))
    }

    fn fields(&mut self, shapes: &[(i16, Shape)]) -> Option<()> {
        let mut last = 0;
        while let Some((id, kind)) = self.field(last)? {
            match shapes.iter().find(|(known, _)| *known == id) {
                Some((_, shape)) => self.value(*shape, kind)?,
                None => self.pass(kind, MOST_SKIPPED_LEVELS)?,
            }
            last = id;
        }
        Some(())
    }

    fn value(&mut self, shape: Shape, kind: u8) -> Option<()> {
        match (shape, kind) {
            // a boolean of a struct is in its type
            (Bool, wire::TRUE | wire::FALSE) => Some(()),
            (Byte, wire::BYTE) => self.byte().map(drop),
            (Int, wire::I16 | wire::I32 | wire::I64) => self.number().map(drop),
            (Children, wire::I32) => {
                let children = self.signed()? as i32;
                *self.tree.last_mut()? = children;
                Some(())
            }
            (Binary, wire::BINARY) => self.binary(self.bytes.len()),
            (Name, wire::BINARY) => self.binary(MOST_OF_NAME),
            (Struct(shapes), wire::STRUCT) => self.fields(shapes),
            (List(shape), wire::LIST) => {
                let (size, kind) = self.list()?;
                (0..size).try_for_each(|_| self.value(*shape, kind))
            }
            (Schema, wire::LIST) => self.schema(),
            _ => None,
        }
    }

    fn binary(&mut self, most: usize) -> Option<()> {
        let length = self.number()?;
        (length <= most as u64).then_some(())?;
        self.skip(length)
    }

    /// The start of a list: its size, for each of which there is at least a byte, and its type.
    fn list(&mut self) -> Option<(u64, u8)> {
        let head = self.byte()?;
        let size = match head >> 4 {
            15 => self.number()?,
            size => u64::from(size),
        };
        (size <= self.bytes.len() as u64).then_some((size, head & 0xf))
    }

    fn schema(&mut self) -> Option<()> {
        self.tree.clear();
        let (size, kind) = self.list()?;
        for _ in 0..size {
            self.tree.push(0);
            self.value(Struct(&ELEMENT), kind)?;
        }
        Some(())
    }

    /// Passes over what the decoder skips.
    fn pass(&mut self, kind: u8, levels: usize) -> Option<()> {
        let levels = levels.checked_sub(1)?;
        match kind {
            wire::TRUE | wire::FALSE => Some(()),
            wire::BYTE => self.skip(1),
            wire::I16 | wire::I32 | wire::I64 => self.number().map(drop),
            wire::DOUBLE => self.skip(8),
            wire::BINARY => self.binary(self.bytes.len()),
            wire::LIST => {
                let (size, kind) = self.list()?;
                // in a list the decoder takes no byte for a boolean, so that a few bytes make it count for hours
                (kind != wire::TRUE && kind != wire::FALSE || size == 0).then_some(())?;
                (0..size).try_for_each(|_| self.pass(kind, levels))
            }
            wire::STRUCT => {
                let mut last = 0;
                while let Some((id, kind)) = self.field(last)? {
                    self.pass(kind, levels)?;
                    last = id;
                }
                Some(())
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file whose footer is this.
    fn file(footer: &[u8]) -> Vec<u8> {
        let length = (footer.len() as u32).to_le_bytes();
        [b"PAR1", footer, &length, b"PAR1"].concat()
    }

    /// A footer with a schema of these numbers of children.
    fn schema(children: &[u8]) -> Vec<u8> {
        let mut footer = vec![0x15, 2, 0x19, 0xfc, children.len() as u8 | 0x80];
        footer.push((children.len() >> 7) as u8);
        for &children in children {
            // a name, and the number in zigzag
            footer.extend([0x48, 1, b'a', 0x15, 2 * children, 0]);
        }
        footer.push(0);
        footer
    }

    #[test]
    fn a_schema_is_as_deep_as_its_elements_stand_in_one_another() {
        assert_eq!(check(&file(&schema(&[2, 0, 0]))), Ok(()));
        assert_eq!(check(&file(&schema(&[2, 1, 0, 1, 0]))), Ok(()));
        let deep: Vec<u8> = [vec![1; 300], vec![0]].concat();
        let error = check(&file(&schema(&deep))).unwrap_err();
        assert!(error.contains("deeper than 16 levels"), "{error}");
        let chain: Vec<u8> = [vec![1; 16], vec![0]].concat();
        assert_eq!(check(&file(&schema(&chain))), Ok(()));
    }

    #[test]
    fn a_list_that_claims_more_than_follows_is_refused() {
        for footer in [
            // a schema, groups of rows and other lists of two billion elements
            &[0x15, 2, 0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07, 0][..],
            &[0x15, 2, 0x39, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07, 0],
            &[0x15, 2, 0x49, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07, 0],
            // in a field that is not known, a list of booleans, which have no bytes
            &[0xf9, 0x31, 0, 0, 0, 0, 0],
            // a list where the decoder expects a number
            &[0x19, 0x0c, 0],
            // a number where it expects a list
            &[0x15, 2, 0x15, 2, 0],
            // a text longer than the footer, and a number without an end
            &[0x68, 0x7f, 0],
            &[
                0x15, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
            ],
        ] {
            assert!(check(&file(footer)).is_err(), "{footer:x?}");
        }
        assert!(check(b"PAR1").is_err());
        assert!(check(b"PAR1\xff\xff\xff\xffPAR1").is_err());
    }

    #[test]
    fn what_is_not_known_is_passed_over() {
        // field 15: a struct with a list of two numbers, a double and a text
        let footer = [
            0xfc, 0x19, 0x25, 2, 4, 0x17, 0, 0, 0, 0, 0, 0, 0, 0, 0x18, 1, b'a', 0, 0,
        ];
        assert_eq!(check(&file(&footer)), Ok(()));
        // structs in structs without end
        let deep: Vec<u8> = [vec![0xfc], vec![0x1c; 100], vec![0; 101]].concat();
        assert!(check(&file(&deep)).is_err());
    }
}
