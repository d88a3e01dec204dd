"""Pure computation: bytes in, bytes or a verdict out."""
