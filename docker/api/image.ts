/** @spec ImageInspect */
export interface ImageInspect {
  Id: string;
  RootFS: { Layers?: string[] };
  Config?: ImageConfig | null;
}

/** @spec ImageConfig */
export interface ImageConfig {
  Env?: string[] | null;
  Cmd?: string[] | null;
  Entrypoint?: string[] | null;
  WorkingDir?: string;
  User?: string;
  Labels?: Record<string, string> | null;
  ExposedPorts?: object | null;
}

/**
 * An image, as a list tells of it.
 *
 * @spec ImageSummary
 */
export interface ImageSummary {
  Id: string;
  Labels: Record<string, string> | null;
}
