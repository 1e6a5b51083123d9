"""What several test folders share. Test code only; it knows no test."""
