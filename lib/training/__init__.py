"""Training runs: what is asked for, the pictures in memory, the loop that can be killed, and what it leaves behind."""
