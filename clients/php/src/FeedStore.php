<?php

declare(strict_types=1);

namespace Waldstream\Client;

/** Stores the rows of one feed together with its state. Use it in one run at a time. */
interface FeedStore
{
    /** The state of the last commit; null: no commit yet. */
    public function load(): ?FeedState;

    /** Atomic: after a crash the store has either all of the commit or none of it. */
    public function commit(FeedCommit $commit): void;
}
