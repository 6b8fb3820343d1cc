package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// built builds the program and gives where it is.
func (b *bench) built(ctx context.Context) (string, error) {
	binary := filepath.Join(b.dir, "roster")
	build := exec.CommandContext(ctx, "go", "build", "-ldflags", "-s -w", "-o", binary, "./cmd/roster")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return binary, nil
}

// program measures the program as it is run: its size, how soon it is ready, and its memory at rest.
func program(ctx context.Context, b *bench, show func(line)) error {
	binary, err := b.built(ctx)
	if err != nil {
		return err
	}
	info, err := os.Stat(binary)
	if err != nil {
		return err
	}
	show(line{name: "binary", figure: fmt.Sprintf("%.1f MB", float64(info.Size())/1e6)})
	all, drop, err := b.databases(ctx)
	if err != nil {
		return err
	}
	defer drop()
	for _, d := range all {
		first, _, err := b.start(ctx, binary, d)
		if err != nil {
			return fmt.Errorf("%s: %w", d.kind, err)
		}
		var took []float64
		var memory float64
		for range 5 {
			again, resident, err := b.start(ctx, binary, d)
			if err != nil {
				return fmt.Errorf("%s: %w", d.kind, err)
			}
			took, memory = append(took, float64(again.Milliseconds())), resident
		}
		show(line{name: "first start to ready, " + d.kind, figure: fmt.Sprintf("%d ms, with the migrations", first.Milliseconds())})
		show(line{name: "start to ready, " + d.kind, figure: fmt.Sprintf("%.0f ms", median(took))})
		show(line{name: "memory at rest, " + d.kind, figure: fmt.Sprintf("%.1f MB", memory)})
	}
	return nil
}

// start runs the server until it is ready and has rested a moment, and stops it in good order.
func (b *bench) start(ctx context.Context, binary string, d database) (ready time.Duration, resident float64, err error) {
	err = b.running(ctx, binary, d, func(_ string, pid int, after time.Duration) error {
		ready = after
		time.Sleep(time.Second)
		resident, err = memoryOf(pid, "VmRSS")
		return err
	})
	return ready, resident, err
}

// running runs the server with more flags, does something once it is ready, and stops it in good order.
func (b *bench) running(ctx context.Context, binary string, d database, do func(address string, pid int, ready time.Duration) error, flags ...string) error {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		return err
	}
	log, err := os.Create(filepath.Join(b.dir, "serve.log"))
	if err != nil {
		return err
	}
	defer log.Close()
	serve := exec.CommandContext(ctx, binary, append([]string{
		"serve", "--listen", address, "--url", "http://" + address, "--database", d.url, "--key-file", filepath.Join(b.dir, d.kind+".key"),
	}, flags...)...)
	serve.Dir, serve.Stdout, serve.Stderr = b.dir, log, log
	start := time.Now()
	if err := serve.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- serve.Wait() }()
	ready, err := waitReady(ctx, address, start, ended)
	if err == nil {
		err = do(address, serve.Process.Pid, ready)
	}
	err = errors.Join(err, serve.Process.Signal(os.Interrupt), <-ended)
	if err != nil {
		text, _ := os.ReadFile(log.Name()) // what it says is worth more than why it cannot be read
		err = fmt.Errorf("%w\n%s", err, text)
	}
	return err
}

func waitReady(ctx context.Context, address string, start time.Time, ended chan error) (time.Duration, error) {
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/readyz", nil)
		if err != nil {
			return 0, err
		}
		if res, err := http.DefaultClient.Do(req); err == nil {
			err = res.Body.Close()
			if res.StatusCode == http.StatusOK || err != nil {
				return time.Since(start), err
			}
		}
		select {
		case err := <-ended:
			ended <- err
			return 0, errors.New("the server ended before it was ready")
		case <-time.After(time.Millisecond):
		}
		if time.Since(start) > 30*time.Second {
			return 0, errors.New("not ready within 30 seconds")
		}
	}
}

// memoryOf gives what a process holds of memory now (VmRSS) or held at most (VmHWM), in MB, as Linux tells it.
func memoryOf(pid int, what string) (float64, error) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), what+":"); ok {
			kb, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 64)
			return kb * 1024 / 1e6, err
		}
	}
	return 0, errors.New("the process does not tell its memory")
}
