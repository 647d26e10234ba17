import { stringify } from 'yaml'
import type { ProposedSetting, SettingsProposal } from '../operations/propose-settings.ts'
import { escapedControls } from '../platform/escaped-controls.ts'

/** Proposals as lines of YAML below `settings:`; what a person has to decide is a comment. */
export function proposalText(proposals: readonly SettingsProposal[]): string {
  return ['settings:', ...proposals.flatMap(linesOf).map((line) => `  ${line}`)].join('\n')
}

function linesOf({ entity, from, notes, settings }: SettingsProposal): readonly string[] {
  const lines = [
    `# ${entity}, from ${from}`,
    ...notes.map((note) => `# ${note}`),
    ...settings.flatMap(({ comment, ...one }) => [
      ...(comment === null ? [] : [`# ${one.name}: ${comment}`]),
      ...yamlOf(one),
    ]),
  ]
  return lines.map((line) => escapedControls(line))
}

function yamlOf({ name, value, isCertain }: Omit<ProposedSetting, 'comment'>): readonly string[] {
  const written = stringify({ [name]: value }, { lineWidth: 0, nullStr: '' })
    .trimEnd()
    .split('\n')
  return written.map((line) => (isCertain ? line : `# ${line.trimEnd()}`))
}
