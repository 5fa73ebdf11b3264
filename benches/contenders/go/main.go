// The contender `aws-sdk-go-v2`: `TASK FILE ITERATIONS`. Built from Debian's package of the SDK.
package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

const (
	chunk = 16 * 1024
	// One of this many iterations is done before the clock starts.
	warmUp = 5
	host   = "bedrock-runtime.us-east-1.amazonaws.com"
	path   = "/model/us.anthropic.claude-haiku-4-5-20251001-v1%3A0/converse"
)

type items struct {
	count, bytes int
	verified     bool
	crc          uint32
}

func (i *items) item(item []byte) {
	i.count++
	i.bytes += len(item)
	if i.verified {
		var length [4]byte
		binary.BigEndian.PutUint32(length[:], uint32(len(item)))
		i.crc = crc32.Update(i.crc, crc32.IEEETable, length[:])
		i.crc = crc32.Update(i.crc, crc32.IEEETable, item)
	}
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// chunks returns at most 16 KiB a read, as a connection.
type chunks struct{ reader *bytes.Reader }

func (c chunks) Read(p []byte) (int, error) {
	if len(p) > chunk {
		p = p[:chunk]
	}
	return c.reader.Read(p)
}

func frames(reader io.Reader, out *items) {
	decoder := eventstream.NewDecoder()
	// As the SDK's own reader of events: one buffer for the payloads.
	buffer := make([]byte, 0, 10*1024)
	for {
		message, err := decoder.Decode(reader, buffer[:0])
		if err == io.EOF {
			return
		}
		fail(err)
		out.item(message.Payload)
	}
}

func signer() func(body []byte, out *items) {
	credentials := aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}
	signer := v4.NewSigner()
	at := time.Date(2015, 8, 30, 12, 36, 0, 0, time.UTC)
	return func(body []byte, out *items) {
		request, err := http.NewRequest("POST", "https://"+host+path, nil)
		fail(err)
		request.Header.Set("Content-Type", "application/json")
		hash := sha256.Sum256(body)
		fail(signer.SignHTTP(context.Background(), credentials, request, hex.EncodeToString(hash[:]), "bedrock", "us-east-1", at))
		authorization := request.Header.Get("Authorization")
		out.item([]byte(authorization[len(authorization)-64:]))
	}
}

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: PROGRAM TASK FILE ITERATIONS")
		os.Exit(2)
	}
	data, err := os.ReadFile(os.Args[2])
	fail(err)
	iterations, err := strconv.Atoi(os.Args[3])
	fail(err)
	var once func(out *items)
	switch os.Args[1] {
	case "frames":
		once = func(out *items) { frames(bytes.NewReader(data), out) }
	case "frames-chunks":
		once = func(out *items) { frames(chunks{bytes.NewReader(data)}, out) }
	case "sign":
		sign := signer()
		once = func(out *items) { sign(data, out) }
	default:
		fmt.Fprintln(os.Stderr, "unknown task: "+os.Args[1])
		os.Exit(3)
	}
	verified := items{verified: true}
	once(&verified)
	for turn := 0; turn < iterations/warmUp; turn++ {
		once(&items{})
	}
	timed := items{}
	start := time.Now()
	for turn := 0; turn < iterations; turn++ {
		once(&timed)
	}
	elapsed := time.Since(start).Nanoseconds()
	divisor := iterations
	if divisor == 0 {
		divisor = 1
	}
	fmt.Printf("{\"count\":%d,\"bytes\":%d,\"checksum\":\"%08x\",\"iterations\":%d,\"nanoseconds\":%d}\n",
		timed.count/divisor, timed.bytes/divisor, verified.crc, iterations, elapsed)
}
