//! The pages of a column, walked by their heads before the decoder reserves memory by what these claim.

use std::io::Cursor;

use polars_buffer::Buffer;
use polars_parquet::parquet::encoding::delta_byte_array;
use polars_parquet::parquet::page::{CompressedPage, DataPage, split_buffer};
use polars_parquet::parquet::read::PageReader;
use polars_parquet::read::{ColumnChunkMetadata, Page, decompress};
use polars_parquet_format::thrift::protocol::TCompactInputProtocol;
use polars_parquet_format::{Encoding, PageHeader, PageType};

/// The pages of one column in one group of rows.
pub(super) struct Pages<'a> {
    bytes: Buffer<u8>,
    chunk: &'a ColumnChunkMetadata,
    rows: usize,
}

/// What pages come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Claim {
    /// Their bytes when they are unpacked.
    pub bytes: u64,
    /// Whether texts are stored as what they have more than the one before.
    is_delta: bool,
}

impl<'a> Pages<'a> {
    /// The pages of a column of a file; `None` where it is not inside the file or not as long as its rows.
    pub fn of(file: &[u8], chunk: &'a ColumnChunkMetadata, rows: usize) -> Option<Self> {
        let range = chunk.byte_range();
        let bytes = file.get(usize::try_from(range.start).ok()?..usize::try_from(range.end).ok()?);
        (usize::try_from(chunk.num_values()) == Ok(rows)).then_some(())?;
        Some(Self {
            bytes: Buffer::from(bytes?.to_vec()),
            chunk,
            rows,
        })
    }

    /// For the decoder.
    pub fn reader(&self) -> PageReader {
        let most = self.bytes.len();
        PageReader::new(
            Cursor::new(self.bytes.clone()),
            self.chunk,
            Vec::new(),
            most,
        )
    }

    /// What they claim; `None` where it cannot be.
    pub fn claim(&self) -> Option<Claim> {
        claim(&self.bytes, self.rows)
    }

    /// Whether the texts of a column come to no more than this. Only such texts need to be asked of which each is stored as
    /// what it has more than the one before, so that a few bytes may stand for any number.
    pub fn are_within(&self, claim: Claim, most: usize) -> Option<bool> {
        if !claim.is_delta {
            return Some(true);
        }
        let mut left = most;
        for page in self.reader() {
            let CompressedPage::Data(page) = page.ok()? else {
                continue;
            };
            if page.header().encoding() != Encoding::DELTA_BYTE_ARRAY {
                continue;
            }
            let page = CompressedPage::Data(page);
            let Ok(Page::Data(page)) = decompress(page, &mut Vec::new(), &mut unset()) else {
                return None;
            };
            match left.checked_sub(length_of_texts(&page, left)?) {
                Some(rest) => left = rest,
                None => return Some(false),
            }
        }
        Some(true)
    }
}

const fn unset() -> polars_parquet::parquet::compression::DecompressionContext {
    polars_parquet::parquet::compression::DecompressionContext::Unset
}

/// The length of all texts of a page; a sum above `most` where they are longer.
fn length_of_texts(page: &DataPage, most: usize) -> Option<usize> {
    let values = split_buffer(page).ok()?.values;
    let texts = delta_byte_array::Decoder::try_new(values).ok()?;
    let mut sum = 0;
    for text in texts.take(page.num_values()) {
        sum += text.ok()?.len();
        if sum > most {
            break;
        }
    }
    Some(sum)
}

/// What pages that follow one another claim, up to one for each row.
fn claim(bytes: &[u8], rows: usize) -> Option<Claim> {
    let mut at = Cursor::new(bytes);
    let (mut claim, mut values) = (Claim::default(), 0);
    while values < rows {
        let mut protocol = TCompactInputProtocol::new(&mut at, bytes.len());
        let head = PageHeader::read_from_in_protocol(&mut protocol).ok()?;
        let unpacked = u64::try_from(head.uncompressed_page_size).ok()?;
        let packed = u64::try_from(head.compressed_page_size).ok()?;
        at.set_position(at.position().checked_add(packed)?);
        (at.position() <= bytes.len() as u64).then_some(())?;
        claim.bytes += unpacked;
        if let Some((own, encoding)) = values_of(&head, unpacked)? {
            values = values.checked_add(own).filter(|values| *values <= rows)?;
            claim.is_delta |= encoding == Encoding::DELTA_BYTE_ARRAY;
        }
    }
    Some(claim)
}

/// The values of a page and how they are stored; `Some(None)` of a page without values of rows.
fn values_of(head: &PageHeader, unpacked: u64) -> Option<Option<(usize, Encoding)>> {
    Some(match head.type_ {
        PageType::DATA_PAGE => {
            let data = head.data_page_header.as_ref()?;
            Some((usize::try_from(data.num_values).ok()?, data.encoding))
        }
        PageType::DATA_PAGE_V2 => {
            let data = head.data_page_header_v2.as_ref()?;
            Some((usize::try_from(data.num_values).ok()?, data.encoding))
        }
        PageType::DICTIONARY_PAGE => {
            let words = head.dictionary_page_header.as_ref()?.num_values;
            // each has a byte at least
            (u64::try_from(words).ok()? <= unpacked).then_some(None)?
        }
        _ => return None,
    })
}
