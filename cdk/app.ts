import { App } from 'aws-cdk-lib';
import { addForewarn } from './forewarn.ts';

addForewarn(new App());
