<?php

declare(strict_types=1);

namespace Waldstream\Client;

/** A page of a feed could not be read or stored. */
final class FeedException extends \RuntimeException
{
    /**
     * @param string $problem code of the API's problem document; or unavailable, invalid_answer, store_invalid,
     *     store_taken
     * @param int|null $status HTTP status; null: no answer
     * @param float|null $retryAfter how long the API asks to wait, in seconds; null: it does not say
     * @param bool $transient the same request may succeed later
     */
    public function __construct(
        public readonly string $problem,
        string $message,
        public readonly ?int $status = null,
        public readonly ?float $retryAfter = null,
        public readonly bool $transient = false,
        ?\Throwable $previous = null,
    ) {
        parent::__construct($message, $status ?? 0, $previous);
    }
}
