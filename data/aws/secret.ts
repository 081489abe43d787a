import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ServiceError } from '../../functions/platform/errors.ts';
import { callAws } from './aws-error.ts';

/** Reads a secret at its first use and keeps it; a read that failed is tried again by the next use. */
export function createSecretReader(arn: string): () => Promise<string> {
  const client = new SecretsManagerClient({});
  let kept: Promise<string> | undefined;
  const read = async (): Promise<string> => {
    const { SecretString } = await callAws('Secrets Manager get', () =>
      client.send(new GetSecretValueCommand({ SecretId: arn })),
    );
    if (SecretString === undefined) throw new ServiceError('store/unavailable', 'the secret has no text');
    return SecretString;
  };
  return () => {
    kept ??= read().catch((error: unknown) => {
      kept = undefined;
      throw error;
    });
    return kept;
  };
}
