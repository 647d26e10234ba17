/**
 * Whether a system may use the AWS role or credentials of the process in place of secrets. These may also give access
 * to queues and buckets of others, so only systems that the operator lists in `AWS_ROLE_SYSTEMS` may use them (`*`: any).
 */
export function roleRulesOf(environment: Readonly<Record<string, string | undefined>>): (system: string) => boolean {
  const listed = (environment['AWS_ROLE_SYSTEMS'] ?? '').split(',').map((name) => name.trim())
  return (system) => listed.includes('*') || listed.includes(system)
}
