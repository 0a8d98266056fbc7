puma['port'] = 8080
