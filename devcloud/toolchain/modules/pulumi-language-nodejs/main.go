// pulumi-language-nodejs runs Pulumi programs by Node.js. The official language host is in no module; this one is as much of it as
// programs here need. They talk to the engine itself: the host has no part in what they say.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/google/shlex"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

// version is the engine's; the linker sets it.
var version string

// healthPeriod is how often it is looked whether the engine is still there.
const healthPeriod = 5 * time.Minute

// shownToUser is the status with which the SDK ends a program when it has said itself what is wrong.
const shownToUser = 32

func main() {
	flag.Parse()
	if err := serve(flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "pulumi-language-nodejs:", err)
		os.Exit(1)
	}
}

// serve prints its port, by which the engine reaches it, and ends with the engine.
func serve(engine string) error {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan bool)
	go func() {
		<-ctx.Done()
		close(ended)
	}()
	if err := rpcutil.Healthcheck(ctx, engine, healthPeriod, cancel); err != nil {
		return err
	}
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: ended,
		Init: func(server *grpc.Server) error {
			pulumirpc.RegisterLanguageRuntimeServer(server, &host{engine: engine})
			return nil
		},
	})
	if err != nil {
		return err
	}
	fmt.Printf("%d\n", handle.Port)
	return <-handle.Done
}

// host answers the engine. What it does not know the engine does without.
type host struct {
	pulumirpc.UnimplementedLanguageRuntimeServer
	engine string
}

func (*host) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: version}, nil
}

// GetRequiredPackages names none: the engine looks for a plugin when a resource needs it.
func (*host) GetRequiredPackages(
	context.Context, *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	return &pulumirpc.GetRequiredPackagesResponse{}, nil
}

// Run runs a program to its end.
func (h *host) Run(_ context.Context, request *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	command, err := h.command(request)
	if err != nil {
		return &pulumirpc.RunResponse{Error: err.Error()}, nil
	}
	err = command.Run()
	var failure *exec.ExitError
	switch {
	case err == nil:
		return &pulumirpc.RunResponse{}, nil
	case errors.As(err, &failure) && failure.ExitCode() == shownToUser:
		return &pulumirpc.RunResponse{Bail: true}, nil
	default:
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("the program ended with an error: %v", err)}, nil
	}
}

func (h *host) command(request *pulumirpc.RunRequest) (*exec.Cmd, error) {
	options := request.GetInfo().GetOptions().AsMap()
	nodeargs, _ := options["nodeargs"].(string)
	arguments, err := shlex.Split(nodeargs)
	if err != nil {
		return nil, fmt.Errorf("the project's option nodeargs cannot be read: %w", err)
	}
	sdk, err := sdkProgram(request.GetInfo().GetProgramDirectory())
	if err != nil {
		return nil, err
	}
	environment, err := environmentOf(request, options)
	if err != nil {
		return nil, err
	}
	arguments = append(append(arguments, sdk), h.sdkArguments(request)...)
	command := exec.Command("node", arguments...)
	command.Stdout, command.Stderr, command.Env = os.Stdout, os.Stderr, environment
	return command, nil
}

// sdkProgram is the SDK's part that runs a program, as the program itself would find it.
func sdkProgram(directory string) (string, error) {
	find := exec.Command("node", "-e", "console.log(require.resolve('@pulumi/pulumi/cmd/run'))")
	find.Dir = directory
	path, err := find.Output()
	if err != nil {
		return "", fmt.Errorf("%s has no @pulumi/pulumi; install the program's packages with npm: %w", directory, err)
	}
	return strings.TrimSpace(string(path)), nil
}

func (h *host) sdkArguments(request *pulumirpc.RunRequest) []string {
	pairs := [][2]string{
		{"monitor", request.GetMonitorAddress()},
		{"engine", h.engine},
		{"organization", request.GetOrganization()},
		{"project", request.GetProject()},
		{"stack", request.GetStack()},
		{"root-directory", request.GetInfo().GetRootDirectory()},
		{"pwd", request.GetPwd()},
		{"parallel", fmt.Sprint(request.GetParallel())},
	}
	var arguments []string
	for _, pair := range pairs {
		if pair[1] != "" {
			arguments = append(arguments, "--"+pair[0], pair[1])
		}
	}
	if request.GetDryRun() {
		arguments = append(arguments, "--dry-run")
	}
	return append(append(arguments, request.GetInfo().GetEntryPoint()), request.GetArgs()...)
}

func environmentOf(request *pulumirpc.RunRequest, options map[string]any) ([]string, error) {
	config, err := json.Marshal(request.GetConfig())
	if err != nil {
		return nil, err
	}
	secretKeys, err := json.Marshal(append([]string{}, request.GetConfigSecretKeys()...))
	if err != nil {
		return nil, err
	}
	environment := append(os.Environ(), "PULUMI_CONFIG="+string(config), "PULUMI_CONFIG_SECRET_KEYS="+string(secretKeys))
	if compiles, isSet := options["typescript"].(bool); !isSet || compiles {
		environment = append(environment, "PULUMI_NODEJS_TYPESCRIPT=true")
	}
	return environment, nil
}
