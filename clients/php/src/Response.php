<?php

declare(strict_types=1);

namespace Waldstream\Client;

/** An HTTP answer with its decoded body. */
final class Response
{
    /**
     * @param array<string, string> $headers names in lower case
     * @param bool $whole false: the body is shorter than its Content-Length
     */
    public function __construct(
        public readonly int $status,
        public readonly array $headers,
        public readonly string $body,
        public readonly bool $whole = true,
    ) {
    }

    public function header(string $name): ?string
    {
        return $this->headers[$name] ?? null;
    }

    /** How long to wait, in seconds; null: not given. */
    public function retryAfter(float $now): ?float
    {
        $value = trim($this->header('retry-after') ?? '');
        if (preg_match('/^\d+$/', $value) === 1) {
            return (float) $value;
        }
        $date = $value === '' ? false : strtotime($value);
        return $date === false ? null : max(0.0, $date - $now);
    }
}
