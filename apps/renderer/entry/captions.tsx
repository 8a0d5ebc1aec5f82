import './strict-csp.ts';
import { CaptionsWindow } from '../captions/captions-window.tsx';
import { start } from './start.tsx';

document.documentElement.classList.add('captions-page');
void start(<CaptionsWindow />);
