import type { Role } from '../src/cli/roles.ts'
import { entities, isPerSystem, type TopicKind, topics } from '../src/events/topics.ts'
import { topology } from '../src/processors/topology.ts'

const REPORTS: readonly TopicKind[] = ['sync-status', 'dead-letters']

/** Kinds of topics that each role appends to. */
export const writtenKinds: Readonly<Record<Role, readonly TopicKind[]>> = {
  // Replays append stored events to their own topic again.
  producer: distinct([...entities, 'sync-requests', ...topology.map(({ from }) => from), ...REPORTS]),
  processor: distinct([...topology.flatMap(({ to }) => to), ...REPORTS]),
  projector: REPORTS,
  // Pushed orders, requested runs, and dead letters retried in their own topics.
  api: topics.map(({ kind }) => kind),
}

function distinct(kinds: readonly TopicKind[]): readonly TopicKind[] {
  return [...new Set(kinds)]
}

const HEAD = `#!/usr/bin/env bash
# ACLs of an installation, a principal for each role. Made from the topology: npm run generate
#
#   BOOTSTRAP=broker:9092 PREFIX=shop. USER_PREFIX=waldstream- ./acls.sh --command-config admin.properties
#
# Every role reads all topics of the installation, since replays, retries and pages show what any of them holds, and creates
# what is missing. What it appends to is its own. PREFIX is TOPIC_PREFIX; on a cluster that is shared with others it must not
# be empty: it would be every topic and group.
set -euo pipefail
: "\${BOOTSTRAP:?addresses of brokers}" "\${PREFIX:?TOPIC_PREFIX of the installation}"
user=\${USER_PREFIX:-waldstream-}
acls=(\${KAFKA_ACLS:-kafka-acls.sh} --bootstrap-server "$BOOTSTRAP" "$@" --add)

# add_acls ROLE --operation …: adds ACLs for the role's principal.
add_acls() {
  "\${acls[@]}" --allow-principal "User:\${user}$1" "\${@:2}"
}

# add_reads ROLE: what every role is allowed.
add_reads() {
  add_acls "$1" --operation Read --operation Describe --operation DescribeConfigs --operation Create \\
    --resource-pattern-type prefixed --topic "$PREFIX"
  add_acls "$1" --operation Read --operation Describe --resource-pattern-type prefixed --group "$PREFIX"
  add_acls "$1" --operation Describe --cluster
}
`

/** The commands that give each role the permissions it needs. */
export function aclScript(): string {
  return `${HEAD}${Object.entries(writtenKinds)
    .map(([role, kinds]) => commandsOf(role, kinds))
    .join('')}`
}

function commandsOf(role: string, kinds: readonly TopicKind[]): string {
  const shared = kinds.filter((kind) => !isPerSystem(kind)).map((kind) => `"\${PREFIX}${kind}"`)
  const perSystem = kinds.filter(isPerSystem).map((kind) => `"\${PREFIX}${kind}."`)
  const commands = [
    `add_reads ${role}`,
    [`add_acls ${role} --operation Write`, ...topicsOf(shared)].join(' \\\n  '),
    ...(perSystem.length === 0
      ? []
      : [
          [`add_acls ${role} --operation Write --resource-pattern-type prefixed`, ...topicsOf(perSystem)].join(
            ' \\\n  ',
          ),
        ]),
  ]
  return `\n${commands.join('\n')}\n`
}

const topicsOf = (names: readonly string[]): readonly string[] => names.map((name) => `--topic ${name}`)
