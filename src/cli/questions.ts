import { createInterface } from 'node:readline/promises'

export interface Question {
  readonly text: string
  /** The default for an empty answer; null: an answer is required. */
  readonly usual: string | null
  /** The mistake in an answer; null: none. */
  problem(answer: string): string | null
}

/** Asks a person, one question after the other. */
export interface Questions {
  /** Repeats the question until the answer is valid. */
  ask(question: Question): Promise<string>
  close(): void
}

/** Null in a script, where nobody can answer. */
export function openQuestions(): Questions | null {
  const { stdin, stderr } = process
  if (!stdin.isTTY || !stderr.isTTY) return null
  // Questions go to stderr, so that stdout contains only results.
  const lines = createInterface({ input: stdin, output: stderr })
  return {
    async ask({ text, usual, problem }) {
      for (;;) {
        const given = (await lines.question(`${text}${usual === null ? '' : ` (${usual})`}: `)).trim()
        const answer = given === '' ? (usual ?? '') : given
        const wrong = answer === '' ? 'is required' : problem(answer)
        if (wrong === null) return answer
        stderr.write(`  ${answer === '' ? 'an answer' : `"${answer}"`} ${wrong}\n`)
      }
    },
    close: () => lines.close(),
  }
}
