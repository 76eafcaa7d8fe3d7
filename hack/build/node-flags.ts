// With which flags does node run the bundle? The image, the worlds of the tests, the bench and the soak use these.

/**
 * Without them V8 lets garbage grow until some 260 MB, whatever the pod may use.
 * The first is a hard limit: 500 requests at once need about a third of it. The second leaves short-lived objects time to die: a
 * smaller one costs an eighth more CPU a request and saves no memory that could be measured.
 */
export const nodeFlags: readonly string[] = ['--max-old-space-size=64', '--max-semi-space-size=8'];
