import { expectedOf, isRequired, propertyOf, variableNames } from '../src/variables.ts'
import { table } from './settings-tables.ts'

/** One row per variable. */
export function environmentTable(): string {
  const rows = variableNames.map((name) => {
    const { default: usual, description = '', writeOnly } = propertyOf(name)
    const shown = usual === undefined || usual === '' ? 'none' : `\`${usual}\``
    return [
      `\`${name}\``,
      writeOnly === true ? 'a secret' : expectedOf(name),
      isRequired(name) ? 'required' : shown,
      description,
    ]
  })
  return table(['variable', 'must be', 'default', 'description'], rows)
}

/** Optional variables are commented out. */
export function envExample(): string {
  const entries = variableNames.map((name) => {
    const { default: usual = '', examples, description } = propertyOf(name)
    const line = isRequired(name) ? `${name}=${examples?.[0] ?? ''}` : `# ${name}=${usual}`
    return `# ${description}: ${expectedOf(name)}\n${line}`
  })
  return `# Made by \`npm run generate\` from src/config.ts. Do not edit.\n\n${entries.join('\n\n')}\n`
}
