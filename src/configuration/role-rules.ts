/**
 * Whether a system may use the AWS role or credentials of the process in place of secrets. Those reach whatever they reach,
 * also queues of others: none may, but those that the operator lists in `AWS_ROLE_SYSTEMS` (`*`: any).
 */
export function roleRulesOf(environment: Readonly<Record<string, string | undefined>>): (system: string) => boolean {
  const listed = (environment['AWS_ROLE_SYSTEMS'] ?? '').split(',').map((name) => name.trim())
  return (system) => listed.includes('*') || listed.includes(system)
}
