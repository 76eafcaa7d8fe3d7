// What does helm find in its environment, so that it remembers nothing of other clusters?

/**
 * @param scratch  a folder of the caller's: what helm and kubectl remember of another API server on the same port must not count
 * @param kubeconfig  one file, or several as KUBECONFIG has them; left out where helm asks no cluster
 */
export function helmEnvironment(scratch: string, kubeconfig?: string): NodeJS.ProcessEnv {
  const own = { KUBECACHEDIR: scratch, HELM_CACHE_HOME: scratch, HELM_CONFIG_HOME: scratch, HELM_DATA_HOME: scratch };
  return { ...process.env, ...own, ...(kubeconfig === undefined ? {} : { KUBECONFIG: kubeconfig }) };
}
