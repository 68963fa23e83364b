//! The numbers in a model: whether there are as many as it says.

use tract_onnx::pb::TensorProto;
use tract_onnx::pb::tensor_proto::{DataLocation, DataType};

use super::error::OnnxError;

/// The most numbers that a tensor may have.
pub(super) const MOST: u64 = 1 << 24;

/// The product of dimensions; `None` where one is not known or below 0, and where it is too large for a number.
pub(super) fn product(mut dimensions: impl Iterator<Item = Option<i64>>) -> Option<u64> {
    dimensions.try_fold(1, |all: u64, dim| all.checked_mul(dim?.try_into().ok()?))
}

/// How many numbers a tensor has.
pub(super) fn volume(tensor: &TensorProto) -> Result<u64, OnnxError> {
    let name = &tensor.name;
    if tensor.data_location == Some(DataLocation::External as i32)
        || !tensor.external_data.is_empty()
    {
        return Err(OnnxError::Form(format!(
            "the numbers of {name:?} are in another file: export the model as one file"
        )));
    }
    let volume = product(tensor.dims.iter().map(|&dim| Some(dim)))
        .filter(|volume| *volume <= MOST)
        .ok_or_else(|| OnnxError::damaged(format!("{name:?} has dimensions {:?}", tensor.dims)))?;
    let size = |bytes: usize| tensor.raw_data.len() / bytes;
    let raw = !tensor.raw_data.is_empty();
    let found = match DataType::try_from(tensor.data_type) {
        Ok(DataType::Float) if raw => size(4),
        Ok(DataType::Float) => tensor.float_data.len(),
        Ok(DataType::Double) if raw => size(8),
        Ok(DataType::Double) => tensor.double_data.len(),
        Ok(DataType::Int64) if raw => size(8),
        Ok(DataType::Int64) => tensor.int64_data.len(),
        Ok(DataType::Int32) if raw => size(4),
        Ok(DataType::Int32) => tensor.int32_data.len(),
        Ok(DataType::Bool) if raw => size(1),
        Ok(DataType::Bool) => tensor.int32_data.len(),
        Ok(DataType::String) => tensor.string_data.len(),
        _ => {
            return Err(OnnxError::Form(format!(
                "{name:?} has numbers of kind {}, which simbet does not read: export with 32-bit floats",
                tensor.data_type
            )));
        }
    };
    if found as u64 == volume {
        Ok(volume)
    } else {
        Err(OnnxError::damaged(format!(
            "{name:?} has {found} numbers instead of {volume}"
        )))
    }
}
