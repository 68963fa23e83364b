//! Records of bets, read and written by the table of columns.

use std::fmt;

use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, Visitor};
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::columns::{BET_COLUMNS, BetRow};
use super::record::BetRecord;

impl BetRecord {
    /// The record of a row, as reading its table back would give it.
    pub fn of(row: &BetRow<'_>) -> Self {
        let mut record = Self::default();
        for column in BET_COLUMNS {
            (column.slot)(&mut record).set(&column.cell(row));
        }
        record
    }
}

impl Serialize for BetRecord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut record = self.clone();
        let mut cells = serializer.serialize_map(Some(BET_COLUMNS.len()))?;
        for column in BET_COLUMNS {
            cells.serialize_entry(column.name, &(column.slot)(&mut record))?;
        }
        cells.end()
    }
}

impl<'de> Deserialize<'de> for BetRecord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RecordVisitor)
    }
}

/// Reads a record from cells by the names of their columns; unknown columns are ignored.
struct RecordVisitor;

impl<'de> Visitor<'de> for RecordVisitor {
    type Value = BetRecord;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row of the table of bets")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut cells: A) -> Result<BetRecord, A::Error> {
        let mut record = BetRecord::default();
        let mut seen = vec![false; BET_COLUMNS.len()];
        let mut next = 0;
        while let Some(place) = cells.next_key_seed(ColumnPlace { likely: next })? {
            let Some(place) = place else {
                cells.next_value::<IgnoredAny>()?;
                continue;
            };
            let column = &BET_COLUMNS[place];
            if std::mem::replace(&mut seen[place], true) {
                return Err(A::Error::duplicate_field(column.name));
            }
            (column.slot)(&mut record).read(&mut cells)?;
            next = place + 1;
        }
        for (column, _) in BET_COLUMNS.iter().zip(seen).filter(|(_, seen)| !seen) {
            if column.is_required(&mut record) {
                return Err(A::Error::missing_field(column.name));
            }
        }
        Ok(record)
    }
}

/// Finds the column of a name. The likely position is tried first, since tables have their columns in order.
struct ColumnPlace {
    likely: usize,
}

impl<'de> DeserializeSeed<'de> for ColumnPlace {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for ColumnPlace {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a column")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        self.visit_bytes(name.as_bytes())
    }

    fn visit_bytes<E: Error>(self, name: &[u8]) -> Result<Self::Value, E> {
        Ok(match BET_COLUMNS.get(self.likely) {
            Some(column) if column.name.as_bytes() == name => Some(self.likely),
            _ => BET_COLUMNS
                .iter()
                .position(|column| column.name.as_bytes() == name),
        })
    }
}
