//! Factorisations against what they promise.
