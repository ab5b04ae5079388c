"""What anybody may read: consultations, levels, sheets, and how to check them."""
