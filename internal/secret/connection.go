package secret

// SealConnection seals the client secret of one connection: it opens for that connection alone.
func SealConnection(k *Key, org, method, plain string) (string, error) {
	return k.Seal(connectionSecret(org, method), []byte(plain))
}

// OpenConnection gives back what SealConnection was given; nothing for nothing.
func OpenConnection(k *Key, org, method, sealed string) (string, error) {
	if sealed == "" {
		return "", nil
	}
	plain, err := k.Open(connectionSecret(org, method), sealed)
	return string(plain), err
}

func connectionSecret(org, method string) string {
	return "client secret of " + org + " " + method
}
