//! How many bytes of bodies may be under way: what clients send is held until it is whole, and they may take their time.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use futures_util::StreamExt as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::MAX_BODY;
use super::problem::Problem;

/// The most bytes of an upload.
pub const MAX_UPLOAD: usize = 16 * 1024 * 1024;
/// The bytes of a permit.
const UNIT: usize = 1024;
/// The most bytes of all bodies of events together.
const MOST_OF_EVENTS: usize = 64 * 1024 * 1024;
/// The most bytes of all uploads together: two of the largest, as two backtests run at once.
const MOST_OF_UPLOADS: usize = 2 * MAX_UPLOAD;

/// The bytes of bodies that may be under way. Events have a share of their own, so that uploads do not keep them out.
#[derive(Debug)]
pub struct BodyBudget {
    events: Arc<Semaphore>,
    uploads: Arc<Semaphore>,
}

impl Default for BodyBudget {
    fn default() -> Self {
        Self {
            events: Arc::new(Semaphore::new(MOST_OF_EVENTS / UNIT)),
            uploads: Arc::new(Semaphore::new(MOST_OF_UPLOADS / UNIT)),
        }
    }
}

/// Room for a body, until it is not needed any more.
pub type BodyShare = OwnedSemaphorePermit;

impl BodyBudget {
    /// Room for an event with these headers.
    ///
    /// # Errors
    /// When it is too large, or when there is no room now.
    pub fn event(&self, headers: &HeaderMap) -> Result<BodyShare, Problem> {
        take(&self.events, headers, MAX_BODY)
    }

    /// Room for an upload with these headers. A small one takes that of events: large ones that come slowly do not keep it out.
    ///
    /// # Errors
    /// When it is too large, or when there is no room now.
    pub fn upload(&self, headers: &HeaderMap) -> Result<BodyShare, Problem> {
        if declared(headers).is_some_and(|length| length <= MAX_BODY as u64) {
            return self.event(headers);
        }
        take(&self.uploads, headers, MAX_UPLOAD)
    }
}

/// Room for a body of the length that it declares, or of the most that it may have.
fn take(budget: &Arc<Semaphore>, headers: &HeaderMap, most: usize) -> Result<BodyShare, Problem> {
    let length = declared(headers).unwrap_or(most as u64);
    if length > most as u64 {
        let detail = format!("the body is too large: {most} bytes are the most");
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail));
    }
    let units = (length as usize).div_ceil(UNIT) as u32;
    let share = Arc::clone(budget).try_acquire_many_owned(units);
    share.map_err(|_| Problem::bodies())
}

/// The length of a body; `None` where it has none yet.
fn declared(headers: &HeaderMap) -> Option<u64> {
    if headers.contains_key(header::TRANSFER_ENCODING) {
        return None;
    }
    let length = headers.get(header::CONTENT_LENGTH);
    length.map_or(Some(0), |length| length.to_str().ok()?.parse().ok())
}

/// How long a client whose upload is not wanted may go on sending it before the connection is closed.
const DRAIN_TIME: Duration = Duration::from_secs(5);

/// Reads an upload that is not wanted and forgets it, beside the answer: a client that still sends would see a broken
/// connection in place of the answer.
pub fn drain(request: Request) {
    // this one waits for leave to send
    if request.headers().contains_key(header::EXPECT) {
        return;
    }
    let drained = async {
        let (mut body, mut left) = (Body::into_data_stream(request.into_body()), 2 * MAX_UPLOAD);
        while let Some(Ok(bytes)) = body.next().await {
            match left.checked_sub(bytes.len()) {
                Some(less) => left = less,
                None => return,
            }
        }
    };
    tokio::spawn(tokio::time::timeout(DRAIN_TIME, drained));
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn sized(length: usize) -> HeaderMap {
        let length = HeaderValue::from(length);
        [(header::CONTENT_LENGTH, length)].into_iter().collect()
    }

    #[test]
    fn bodies_under_way_have_room_for_so_many_bytes_together() {
        let budget = BodyBudget::default();
        let held: Vec<_> = (0..2)
            .map(|_| budget.upload(&sized(MAX_UPLOAD)).unwrap())
            .collect();
        let beyond = sized(MAX_BODY + 1);
        assert_eq!(budget.upload(&beyond).unwrap_err().status, 503);
        // a small one has the room of events
        assert!(budget.upload(&sized(MAX_BODY)).is_ok());
        // one without a body takes nothing
        assert!(budget.upload(&HeaderMap::new()).is_ok());
        let chunked = [(
            header::TRANSFER_ENCODING,
            HeaderValue::from_static("chunked"),
        )];
        let chunked: HeaderMap = chunked.into_iter().collect();
        assert_eq!(budget.upload(&chunked).unwrap_err().status, 503);
        drop(held);
        let _one = budget.upload(&chunked).unwrap();
        let _rest = budget.upload(&sized(MAX_UPLOAD - 2 * MAX_BODY)).unwrap();
        assert!(budget.upload(&sized(2 * MAX_BODY)).is_ok());
        let beyond = sized(2 * MAX_BODY + 1);
        assert_eq!(budget.upload(&beyond).unwrap_err().status, 503);
        assert_eq!(
            budget.upload(&sized(MAX_UPLOAD + 1)).unwrap_err().status,
            413
        );
    }
}
