import { createEffect, createSignal, For, type JSX, onCleanup, Show } from 'solid-js'
import { nextTask } from './next-task.ts'

/** Rows of which each is much to draw: each in a task of its own, so that what one does meanwhile is answered between two. */
export function InTasks<T>(props: {
  readonly rows: readonly T[]
  /** Instead of those that follow. */
  readonly place: () => JSX.Element
  readonly children: (row: T) => JSX.Element
}): JSX.Element {
  const [drawn, setDrawn] = createSignal(0)
  let isGone = false
  let isDrawing = false
  onCleanup(() => {
    isGone = true
  })
  const draw = async () => {
    isDrawing = true
    while (!isGone && drawn() < props.rows.length) {
      await nextTask()
      if (!isGone) setDrawn((count) => count + 1)
    }
    isDrawing = false
  }
  createEffect(() => {
    if (drawn() < props.rows.length && !isDrawing) void draw()
  })
  return (
    <For each={props.rows}>
      {(row, index) => (
        <Show when={index() < drawn()} fallback={props.place()}>
          {props.children(row)}
        </Show>
      )}
    </For>
  )
}
