<?php

declare(strict_types=1);

namespace Waldstream\Client;

/** Keeps the rows of one feed together with how far it has been read. One run at a time uses it. */
interface FeedStore
{
    /** The state of the last commit; null: there was none. */
    public function load(): ?FeedState;

    /** Writes all of it or nothing: after a crash the store is as before or as after. */
    public function commit(FeedCommit $commit): void;
}
