import { createInterface } from 'node:readline/promises'
import { StreamError } from '../errors.ts'

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
  return questionsOn(stdin, stderr)
}

/** Throws `request_invalid` when the person ends the input (Ctrl-D, Ctrl-C). */
export function questionsOn(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Questions {
  const lines = createInterface({ input, output })
  const ended = Promise.withResolvers<never>()
  ended.promise.catch(() => undefined)
  lines.once('close', () => ended.reject(canceledError()))
  const answerTo = async (question: string) => {
    // The question may fail of itself where the input has ended before.
    const answer = Promise.race([lines.question(question), ended.promise])
    return (await answer.catch(() => ended.promise)).trim()
  }
  return {
    async ask({ text, usual, problem }) {
      for (;;) {
        const given = await answerTo(`${text}${usual === null ? '' : ` (${usual})`}: `)
        const answer = given === '' ? (usual ?? '') : given
        const wrong = answer === '' ? 'is required' : problem(answer)
        if (wrong === null) return answer
        output.write(`  ${answer === '' ? 'an answer' : `"${answer}"`} ${wrong}\n`)
      }
    },
    close: () => lines.close(),
  }
}

function canceledError(): StreamError {
  return new StreamError('request_invalid', 'canceled; nothing was written')
}
