// pause holds the namespaces of a pod open: it waits until it is told to stop, and reaps the children it inherits as PID 1.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
)

// version is set by the linker.
var version = "0.0.0"

func main() {
	// kubeadm's preflight checks of an upgrade run the image so, and wait for its end.
	if slices.ContainsFunc(os.Args[1:], func(word string) bool { return strings.EqualFold(word, "-v") }) {
		fmt.Println("pause", version)
		return
	}
	// The kernel itself reaps the children of a process that ignores SIGCHLD.
	signal.Ignore(syscall.SIGCHLD)
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	<-stop
}
