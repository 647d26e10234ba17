import { join } from 'node:path'

/**
 * The folder on this machine that a system may use: the subfolder of `FILES_ROOT` that has the system's id. So no
 * system reaches the files of another one or of the machine (Guarantee 11). Null: the operator provides none.
 */
export function folderRulesOf(
  environment: Readonly<Record<string, string | undefined>>,
): (system: string) => string | null {
  const root = environment['FILES_ROOT']?.trim() ?? ''
  return (system) => (root === '' || !/^[a-z0-9-]{1,40}$/.test(system) ? null : join(root, system))
}
