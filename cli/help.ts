// What `rollcall --help` says.

export const help = `rollcall: keeps the developer accounts of Azure API Management in step with HR

Usage: rollcall COMMAND [options]

Commands
  check                        settings and rules as a whole, every problem with its line, the tests
                               in the rules, and which settings they need that are not set
  doctor [--target NAME]       tries each thing that the app needs, and says which one fails and why;
                               changes nothing and sends nothing
         --quick               leaves out whole reads of HR's sources
  people --source NAME         what an HR source says, who is in scope, ahead or gone by it, and every
                               row that cannot be used
  people --problems            what HR should mend: duplicates, contradictions, shared addresses,
                               missing managers, rows that cannot be used, rows out of scope
           --run ID            the same as it was in that run
  plan [--target NAME]         what a run would do and why; writes nothing to the service
  apply [--target NAME]        plans afresh and writes, if the guard allows it
        --accept DIGEST        runs the stored plan of that digest, once, as far as it still holds
  decide --subscription ID     what the rules say about a request, rule by rule; decides nothing
  decide --requester E --product P
                               the same as if E asked now: an employee number or a worker's key
         --fresh               reads HR now, instead of what the last run read
  runs [ID]                    the latest runs, or one of them with what failed
  runs cancel ID               asks a run to stop between two changes
  requests [--open] [ID]       requests for subscriptions, or the story of one
  requests retry ID            has a subscription looked at again, one that failed for instance
  audit --subscription ID      who or which rule decided about a subscription, when, on which facts
  audit verify [--day DAY] [--since DAY] [--noted NUMBER:HASH]
                               whether the audit is whole, or which records were changed
  token --identifier ID --expiry INSTANT [--secret NAME]
                               the Authorization value of the direct door; the key comes on
                               standard input, or from Key Vault by the secret's name

Options
  --config FILE                the rules file, instead of ROLLCALL_RULES
  --target NAME                the API Management service, where the rules have several
  --purpose sync|delete        accounts and groups (sync), or the accounts that are due to be deleted
  --worker KEY                 only this worker's changes, for example employee/1042
  --now INSTANT                plan, people, decide: whose dates count, for example
                               2026-05-14T00:00:00Z
  --open                       only requests that wait for somebody or something
  --limit N                    how many runs or requests are listed (20)
  --csv                        with --problems: a CSV file on standard output, for a spreadsheet
  --json                       standard output holds one JSON document and nothing else
  --help, --version

Settings come from the environment; docs/configuration.md lists them.

Exit codes
  0   done, or nothing to do
  1   some changes failed, the others were made; the audit is not whole; the doctor has only warnings
  2   settings, rules or the command line are wrong; what is named is not there
  3   a service, a secret or an HR source could not be reached
  4   a service refused
  5   blocked by the guard: look at the plan, accept its digest if it is right
  6   another run of the target is at work
  70  a defect of Rollcall
`;
