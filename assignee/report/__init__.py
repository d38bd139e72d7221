"""What people take away: every file is made from one Report."""
