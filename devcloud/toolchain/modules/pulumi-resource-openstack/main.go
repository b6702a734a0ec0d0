// pulumi-resource-openstack is the OpenStack plugin that the Node.js SDK @pulumi/openstack expects, bridged from the Terraform provider.
package main

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/terraform-provider-openstack/terraform-provider-openstack/openstack"
)

// version is the SDK's; the linker sets it.
var version string

// noSchema is enough at run time: only the generators of SDKs read more.
const noSchema = "{}"

func main() {
	tfbridge.Main("openstack", version, provider(), []byte(noSchema))
}

func provider() tfbridge.ProviderInfo {
	info := tfbridge.ProviderInfo{
		P:           shimv2.NewProvider(terraformProvider()),
		Name:        "openstack",
		Version:     version,
		Config:      configDefaults(),
		Resources:   map[string]*tfbridge.ResourceInfo{},
		DataSources: map[string]*tfbridge.DataSourceInfo{},
	}
	for name, token := range resourceTokens {
		info.Resources[name] = &tfbridge.ResourceInfo{Tok: tokens.Type(token)}
	}
	for name, token := range functionTokens {
		info.DataSources[name] = &tfbridge.DataSourceInfo{Tok: tokens.ModuleMember(token)}
	}
	for name, fields := range renamedFields {
		info.Resources[name].Fields = fields
	}
	info.SetAutonaming(255, "-")
	return info
}

// renamedFields are the properties whose name in the SDK is not the Terraform one in camel case.
var renamedFields = map[string]map[string]*tfbridge.SchemaInfo{
	// Both would become allocationPools.
	"openstack_networking_subnet_v2": {
		"allocation_pool":  {Name: "allocationPools"},
		"allocation_pools": {Name: "allocationPoolsCollection"},
	},
	"openstack_orchestration_stack_v1": {
		"outputs": {Name: "StackOutputs"},
	},
}

// configDefaults names the settings that the SDK takes from the environment too; the Terraform provider itself reads the rest of OS_*.
func configDefaults() map[string]*tfbridge.SchemaInfo {
	defaults := map[string]*tfbridge.SchemaInfo{}
	for setting, variable := range map[string]string{
		"allow_reauth":  "OS_ALLOW_REAUTH",
		"cloud":         "OS_CLOUD",
		"delayed_auth":  "OS_DELAYED_AUTH",
		"endpoint_type": "OS_ENDPOINT_TYPE",
		"insecure":      "OS_INSECURE",
		"region":        "OS_REGION_NAME",
		"swauth":        "OS_SWAUTH",
		"use_octavia":   "OS_USE_OCTAVIA",
	} {
		defaults[setting] = &tfbridge.SchemaInfo{Default: &tfbridge.DefaultInfo{EnvVars: []string{variable}}}
	}
	return defaults
}

// terraformProvider is the provider without its warnings that load balancers will be Octavia's only: here they already are.
func terraformProvider() *schema.Provider {
	provider := openstack.Provider()
	provider.Schema["use_octavia"].Deprecated = ""
	for name, resource := range provider.ResourcesMap {
		if strings.HasPrefix(name, "openstack_lb_") {
			resource.DeprecationMessage = ""
		}
	}
	return provider
}
