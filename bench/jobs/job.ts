export const jobs = ['route', 'map', 'project'] as const
export type Job = (typeof jobs)[number]

/** `bare` is the ceiling: a loop without guarantees. `each`: one write an event. `runtime` is what the program does. */
export type Side = 'bare' | 'each' | 'runtime'

/** Who does a job. */
export function sidesOf(job: Job): readonly Side[] {
  return job === 'project' ? ['bare', 'each', 'runtime'] : ['bare', 'runtime']
}

/** One run, done in a process of its own, which finds the servers and prefixes in its environment. */
export interface RunSpec {
  readonly job: Job
  readonly side: Side
  /** Consumer group, with prefix. */
  readonly group: string
  /** How many events the job's topic holds. */
  readonly events: number
}

export function isJob(text: string): text is Job {
  return (jobs as readonly string[]).includes(text)
}
