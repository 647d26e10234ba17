import { createInterface } from 'node:readline/promises'

export interface Question {
  readonly text: string
  /** What Enter alone stands for; null: it has to be answered. */
  readonly usual: string | null
  /** What is wrong with an answer; null: nothing. */
  problem(answer: string): string | null
}

/** Asks people, one question after the other. */
export interface Questions {
  /** Asks again until the answer is right. */
  ask(question: Question): Promise<string>
  close(): void
}

/** Null where nobody is there to answer: the program runs in a script. */
export function openQuestions(): Questions | null {
  const { stdin, stderr } = process
  if (!stdin.isTTY || !stderr.isTTY) return null
  // What is asked is no result: stdout stays clean.
  const lines = createInterface({ input: stdin, output: stderr })
  return {
    async ask({ text, usual, problem }) {
      for (;;) {
        const given = (await lines.question(`${text}${usual === null ? '' : ` (${usual})`}: `)).trim()
        const answer = given === '' ? (usual ?? '') : given
        const wrong = answer === '' ? 'is needed' : problem(answer)
        if (wrong === null) return answer
        stderr.write(`  ${answer === '' ? 'an answer' : `"${answer}"`} ${wrong}\n`)
      }
    },
    close: () => lines.close(),
  }
}
