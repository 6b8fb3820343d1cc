package cli

import (
	"strings"

	"github.com/alecthomas/kong"

	"roster/internal/command/access"
	"roster/internal/command/apiuser"
	"roster/internal/command/brand"
	"roster/internal/command/catalogue"
	"roster/internal/command/client"
	"roster/internal/command/erasure"
	"roster/internal/command/imports"
	"roster/internal/command/keys"
	"roster/internal/command/letter"
	"roster/internal/command/method"
	"roster/internal/command/operator"
	"roster/internal/command/org"
	"roster/internal/command/people"
	"roster/internal/command/plan"
	"roster/internal/command/role"
	"roster/internal/command/run"
	"roster/internal/command/unit"
	"roster/internal/command/upkeep"
	"roster/internal/command/user"
	"roster/internal/command/view"
	"roster/internal/command/wayin"
	"roster/internal/command/webhook"
)

// commands is everything that can be said.
type commands struct {
	Config kong.ConfigFlag `help:"Read settings from a TOML or JSON file; flags and environment go before it." placeholder:"FILE" env:"ROSTER_CONFIG"`

	Serve      run.ServeCommand          `cmd:"" group:"run" help:"Start the server."`
	Demo       run.DemoCommand           `cmd:"" group:"run" help:"Start a server with a sample organisation, gone when it stops."`
	Init       org.InitCommand           `cmd:"" does:"organisation.create" group:"run" help:"Make an organisation and a link for its first Owner."`
	Org        org.Commands              `cmd:"" group:"org" help:"Organisations."`
	User       userCommands              `cmd:"" group:"org" help:"The members of an organisation."`
	Apiuser    apiUserCommands           `cmd:"" group:"org" help:"API users."`
	View       view.Commands             `cmd:"" group:"org" help:"Views of the Team list that members saved."`
	Method     method.Commands           `cmd:"" group:"org" help:"Login methods: how people come in."`
	Webhook    webhook.Commands          `cmd:"" group:"org" help:"Webhooks: where events are sent."`
	Role       role.Commands             `cmd:"" group:"org" help:"Roles: bundles of permissions and scopes."`
	Unit       unit.Commands             `cmd:"" group:"org" help:"Customer accounts, and the groups in them."`
	Permission access.PermissionCommands `cmd:"" group:"org" help:"Permissions and scopes."`
	Explain    access.ExplainCommand     `cmd:"" does:"member.explain" group:"org" help:"Tell whether a member may do something, and why."`
	Access     access.MatrixCommand      `cmd:"" does:"access.matrix" group:"org" help:"Show people against customer accounts: who holds what where."`
	Audit      access.AuditCommands      `cmd:"" group:"org" help:"Look for what should not be."`
	History    org.HistoryCommand        `cmd:"" does:"history.list,history.export" group:"org" help:"Show who changed what, the newest first."`
	Export     user.ExportCommand        `cmd:"" does:"member.export" group:"org" help:"Write members into a file for spreadsheet programs."`
	People     people.Commands           `cmd:"" group:"org" help:"Customer accounts, roles and members as a file: plan, apply, export."`
	Import     imports.Commands          `cmd:"" group:"org" help:"Bring in people from a table: CSV or .xlsx."`
	Letter     letter.Commands           `cmd:"" group:"org" help:"Letters to members: what became of each, and those that did not arrive sent again."`
	Jobs       letter.JobsCommand        `cmd:"" does:"job.list" group:"org" help:"List imports, whoever sent them in, with how far they are, and the last exports."`
	Catalogue  catalogue.Commands        `cmd:"" group:"product" help:"The scopes and permissions that your product declares."`
	Client     client.Commands           `cmd:"" group:"product" help:"Product clients: your product's own programs."`
	Events     org.EventsCommand         `cmd:"" does:"event.list" group:"product" help:"Show what happens in all organisations, as product clients get it."`
	Plan       plan.Commands             `cmd:"" group:"product" help:"Plans: how many members an organisation may have."`
	Brand      brand.Commands            `cmd:"" group:"product" help:"How the installation looks, and who writes its letters."`
	Operator   operator.Commands         `cmd:"" group:"product" help:"Who operates the installation."`
	Keys       keys.Commands             `cmd:"" group:"upkeep" help:"The keys that sign access tokens."`
	Outbox     upkeep.OutboxCommand      `cmd:"" does:"outbox.list" group:"upkeep" help:"Show the letters that have not been sent."`
	Job        upkeep.JobCommands        `cmd:"" group:"upkeep" help:"Try letters again, discard them, or try the mail server."`
	Verify     upkeep.VerifyCommand      `cmd:"" does:"history.verify" group:"upkeep" help:"Prove that no history was altered."`
	Doctor     upkeep.DoctorCommand      `cmd:"" does:"history.replay" group:"upkeep" help:"Hold what is kept of members, access, roles and customer accounts against the history."`
	Checkpoint upkeep.CheckpointCommand  `cmd:"" does:"history.checkpoint" group:"upkeep" help:"Sign what a history is now, to be kept elsewhere."`
	Backup     upkeep.BackupCommand      `cmd:"" does:"installation.backup" group:"upkeep" help:"Copy everything into a file, while servers run."`
	Restore    upkeep.RestoreCommand     `cmd:"" does:"installation.restore" group:"upkeep" help:"Fill a new database, of either kind, from a backup."`
	Migrate    upkeep.MigrateCommand     `cmd:"" group:"upkeep" help:"Bring the database's schema up to date."`
	Version    upkeep.VersionCommand     `cmd:"" group:"upkeep" help:"Tell which version this is."`
}

// userCommands are about members of every kind, how people come in, and what is kept of them.
type userCommands struct {
	user.Commands `embed:""`
	WayIn         wayin.Commands   `embed:""`
	Erasure       erasure.Commands `embed:""`
}

// apiUserCommands are about API users: as members, and about what they prove themselves by.
type apiUserCommands struct {
	user.APICommands `embed:""`
	apiuser.Commands `embed:""`
}

func groups() []kong.Group {
	return []kong.Group{
		{Key: "run", Title: "Run:"},
		{Key: "org", Title: "Work in an organisation:"},
		{Key: "product", Title: "Your product:"},
		{Key: "upkeep", Title: "Upkeep:"},
		{Key: "where", Title: "Where:"},
	}
}

// Help shows a beginning.
func (commands) Help() string {
	return `First steps:

    roster demo
    roster init --organisation Acme --owner you@example.com
    roster serve

Commands work on the database whether a server runs on it or not. They end with code 0 when done,
1 when they failed, 2 when they were not understood.`
}

// explained gives a flag's help with its default and the variable that sets it.
func explained(v *kong.Value) string {
	var more []string
	if v.HasDefault && v.Default != "" && v.Default != "0" && v.Tag.PlaceHolder != "" {
		more = append(more, v.Default+" unless given")
	}
	for _, name := range v.Tag.Envs {
		more = append(more, "$"+name)
	}
	if len(more) == 0 {
		return v.Help
	}
	return v.Help + " (" + strings.Join(more, "; ") + ")"
}
