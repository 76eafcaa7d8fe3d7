// With which flags does node run the bundle? The image, the worlds of the tests, the bench and the soak use these.

/**
 * Without them V8 lets garbage grow until some 260 MB, whatever the pod may use.
 * The first is a hard limit: 500 requests at once need about a third of it.
 */
export const nodeFlags: readonly string[] = ['--max-old-space-size=64', '--max-semi-space-size=2'];
