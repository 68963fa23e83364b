local count, _, refused = progress(KEYS[1], KEYS[2], ARGV[1])
return refused or count
