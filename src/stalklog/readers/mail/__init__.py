"""Mail, as every format of it shares it: it knows bytes and notes, and no reader."""
