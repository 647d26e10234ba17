/**
 * Checks the English of every Markdown file with Harper: spelling, sentences of more than 40 words, grammar. Prints each
 * finding with file and line and exits with 1 if there is one. Words that Harper lacks stand in `scripts/prose-words.txt`.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Dialect, type Lint, LocalLinter } from 'harper.js'
import { slimBinary } from 'harper.js/slimBinary'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const WORDS = 'scripts/prose-words.txt'

/** Rules that complain about text that is right here, with the reason. */
const UNFIT: Readonly<Record<string, string>> = {
  SentenceCapitalization: 'cells, entries of lists and what follows code begin small',
  UseTitleCase: 'headings are sentences',
  OxfordComma: 'both ways are right',
  ExpandMemoryShorthands: 'units are short',
  ExpandTimeShorthands: 'units are short',
  ExpandMinimum: 'min is minutes',
  ExpandControl: 'Ctrl is the name of a key',
  ExpandStandardInputAndOutput: 'stdout is the name that people search for',
  SplitWords: 'finds names of fields',
  MergeWords: 'finds the s behind code',
  CompoundNouns: 'user name, full text and lock file are two words here',
  DisjointPrefixes: 'under way is two words',
  MissingTo: 'reads refused and needs as verbs with an infinitive',
  MissingPreposition: 'needs a word after are, is and machine that code has there',
  MassNouns: 'one availability and a throttling are meant',
  DiscourseMarkers: 'a comma after Otherwise is a matter of taste',
  QuantifierNumeralConflict: 'some ten is about ten',
  Spaces: 'finds the blanks of indented lines',
  CommaFixes: 'finds lists of code',
  SingleBe: "what one's own is, is",
  Overall: 'over all is not overall',
  NumericRangeEnDash: 'finds ISO 3166-2 and numbers of orders',
  OrthographicConsistency: 'finds names of variables and of programs',
  OkToOkay: 'ok is what the command prints',
  WrongNegative: 'finds IMS',
  ItsContraction: 'its is right where it is found',
  ToTwoToo: 'finds to and too that are right',
  ThatThan: 'finds that as a relative pronoun',
  CondenseAllThe: 'all of the shop is not all the shop',
  PronounInflectionBe: 'takes the object before are for its subject',
  HavePronoun: 'takes a path for a name',
  HowTo: 'how people write is not how to write',
  ThereToTheir: 'there may be a place',
  ThereIsAgreement: 'few is a plural',
  ForAWhile: 'while may follow for',
  NounVerbConfusion: 'effect is a noun where it is found',
  PhrasalVerbAsCompoundNoun: 'a startup probe is one',
}

/** SKU is spoken as one word, http letter by letter. */
const SPOKEN_OTHERWISE = /^\s+\(?(SKU|https?)\b/

/** Tables of names of fields, made from the schemas. */
const NAMES = 'docs/reference/configuration.md'

const listed = spawnSync('git', ['ls-files', '*.md'], { cwd: ROOT, encoding: 'utf8' }).stdout.split('\n')
const files = listed.filter((file) => file !== '' && file !== NAMES)
const words = readFileSync(`${ROOT}/${WORDS}`, 'utf8').split('\n').filter(Boolean)
const linter = new LocalLinter({ binary: slimBinary, dialect: Dialect.American })
const rules = await linter.getDefaultLintConfig()
const unknown = Object.keys(UNFIT).filter((rule) => !(rule in rules))
await linter.setLintConfig({ ...rules, ...Object.fromEntries(Object.keys(UNFIT).map((rule) => [rule, false])) })
await linter.importWords(words.flatMap((word) => [word, `${word}'s`, `${word}.`]))

const findings: string[] = unknown.map((rule) => `scripts/check-prose.ts: Harper has no rule ${rule}`)
const texts = new Map(files.map((file) => [file, readFileSync(`${ROOT}/${file}`, 'utf8')]))
for (const [file, text] of texts) {
  const byRule: Readonly<Record<string, readonly Lint[]>> = await linter.organizedLints(text, { language: 'markdown' })
  for (const [rule, lints] of Object.entries(byRule)) {
    for (const lint of lints) {
      const { start, end } = lint.span()
      if (rule === 'AnA' && SPOKEN_OTHERWISE.test(text.slice(end, end + 12))) continue
      const line = text.slice(0, start).split('\n').length
      const shown = text.slice(start, end).replaceAll('\n', ' ').slice(0, 100)
      findings.push(`${file}:${line}: ${shown}: ${lint.message()} (${rule})`)
    }
  }
}
const all = [...texts.values()].join('\n')
const unused = words.filter((word) => !all.includes(word))
findings.push(...unused.map((word) => `${WORDS}: no text has the word ${word}`))
for (const finding of findings) console.log(finding)
if (findings.length > 0) process.exitCode = 1
