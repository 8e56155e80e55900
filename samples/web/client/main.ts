import { greet } from './greet';
import './main.css';

document.body.textContent = greet('Fptrace');
