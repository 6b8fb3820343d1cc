package server_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"roster/internal/server"
)

func TestStopLetsRequestsFinish(t *testing.T) {
	l, err := server.Listen(t.Context(), "127.0.0.1:0", "", "")
	must(t, err)
	second, err := server.Listen(t.Context(), "127.0.0.1:0", "", "")
	must(t, err)
	arrived, finish := make(chan struct{}), make(chan struct{})
	slow := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-finish
		if r.Context().Err() != nil {
			t.Error("the request's context ended with the server's")
		}
		_, _ = io.WriteString(w, "finished")
	})
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() {
		served <- server.Serve(ctx, slog.New(slog.DiscardHandler), server.Service{Listener: l, Handler: slow}, server.Service{Listener: second, Handler: http.NotFoundHandler()})
	}()
	text := make(chan string, 1)
	go func() {
		res, err := http.Get("http://" + l.Addr().String())
		if err != nil {
			text <- err.Error()
			return
		}
		defer res.Body.Close()
		b, _ := io.ReadAll(res.Body)
		text <- string(b)
	}()
	<-arrived
	stop()
	for _, address := range []string{l.Addr().String(), second.Addr().String()} {
		for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
			c, err := net.Dial("tcp", address)
			if err != nil {
				break // it accepts no more
			}
			_ = c.Close()
			if time.Now().After(deadline) {
				t.Fatal("it still accepts")
			}
		}
	}
	select {
	case err := <-served:
		t.Fatalf("it returned before the request finished: %v", err)
	default:
	}
	close(finish)
	equal(t, "answer", <-text, "finished")
	must(t, <-served)
}

func TestOneServiceThatFailsStopsAll(t *testing.T) {
	good, err := server.Listen(t.Context(), "127.0.0.1:0", "", "")
	must(t, err)
	bad, err := server.Listen(t.Context(), "127.0.0.1:0", "", "")
	must(t, err)
	must(t, bad.Close())
	err = server.Serve(t.Context(), slog.New(slog.DiscardHandler), server.Service{Listener: good, Handler: http.NotFoundHandler()}, server.Service{Listener: bad, Handler: http.NotFoundHandler()})
	if err == nil {
		t.Error("nobody learns that a listener failed")
	}
	if _, err := server.Listen(t.Context(), good.Addr().String(), "", ""); err != nil {
		t.Errorf("the other still listens: %v", err)
	}
}

func TestTLS(t *testing.T) {
	cert, key, pool := certificate(t)
	l, err := server.Listen(t.Context(), "127.0.0.1:0", cert, key)
	must(t, err)
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	log := &lines{}
	go func() {
		served <- server.Serve(ctx, slog.New(slog.NewTextHandler(log, nil)), server.Service{Listener: l, Handler: http.HandlerFunc(ok)})
	}()
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}
	res, err := (&http.Client{Transport: transport}).Get("https://" + l.Addr().String())
	must(t, err)
	must(t, res.Body.Close())
	equal(t, "protocol", res.Proto, "HTTP/2.0")
	_, err = tls.Dial("tcp", l.Addr().String(), &tls.Config{RootCAs: pool, MaxVersion: tls.VersionTLS11})
	equal(t, "TLS 1.1 refused", err != nil, true)
	transport.CloseIdleConnections()
	stop()
	must(t, <-served)

	for _, files := range [][2]string{{cert, ""}, {"", key}, {key, cert}, {cert + "x", key}} {
		if _, err := server.Listen(t.Context(), "127.0.0.1:0", files[0], files[1]); err == nil {
			t.Errorf("it listens with %v", files)
		}
	}
}

// certificate writes a key and its self-signed certificate for 127.0.0.1.
func certificate(t *testing.T) (certFile, keyFile string, pool *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	form := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	must(t, err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	certFile, keyFile = filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	must(t, os.WriteFile(certFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	must(t, os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600))
	cert, err := x509.ParseCertificate(der)
	must(t, err)
	pool = x509.NewCertPool()
	pool.AddCert(cert)
	return certFile, keyFile, pool
}
