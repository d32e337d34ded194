"""One deployer at a time: claims, where they are kept, and which process holds one."""
