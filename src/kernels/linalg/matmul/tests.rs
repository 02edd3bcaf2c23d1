//! Products against the definition.
