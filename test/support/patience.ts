/* For tests that synthesise, deploy or wait for a real Dkron: a bound on patience, never a measure of speed. */
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
jest.setTimeout(900_000);
